import type { NodeProto } from '../../../onnx/gen/onnx_pb.js';
import type { Marking } from '../marks.ts';

/** Says which tensors of a node are quantized, and how. */
export type Rule = (node: NodeProto, marking: Marking) => void;
