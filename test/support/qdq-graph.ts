import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
} from '../../src/core/onnx/gen/onnx_pb.js';
import type { GraphProtoSchema, NodeProtoSchema, TensorProtoSchema } from '../../src/core/onnx/gen/onnx_pb.js';
import { tensorInfo } from '../fixtures/onnx/build.ts';

type GraphParts = MessageInitShape<typeof GraphProtoSchema>;
type Node = MessageInitShape<typeof NodeProtoSchema>;
type Tensor = MessageInitShape<typeof TensorProtoSchema>;
export type ActivationType = 'uint8' | 'int8';

/** Builds graphs of QuantizeLinear and DequantizeLinear pairs, as quantizers write them, node by node. */
export function createQdqGraph(activations: ActivationType = 'uint8') {
  const node: Node[] = [];
  const initializer: Tensor[] = [];

  function constant(name: string, dataType: number, dims: readonly number[], data: ArrayBufferView): string {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    initializer.push({ name, dataType, dims: dims.map(BigInt), rawData });
    return name;
  }
  function scale(name: string, value: number): string {
    return constant(`${name}_scale`, DataType.FLOAT, [], Float32Array.of(value));
  }

  return {
    /** A node with a name, which its one output is called after. */
    add(opType: string, name: string, input: string[], attribute: Node['attribute'] = []): string {
      node.push({ opType, name, input, output: [`${name}_out`], attribute });
      return `${name}_out`;
    },
    /** An activation through a pair; its float32 value after it. */
    pair(tensor: string): string {
      const [type, zero] =
        activations === 'uint8' ? [DataType.UINT8, Uint8Array.of(128)] : [DataType.INT8, Int8Array.of(0)];
      const parameters = [scale(tensor, 0.05), constant(`${tensor}_zero`, type, [], zero)];
      node.push({
        opType: 'QuantizeLinear',
        name: `${tensor}_q`,
        input: [tensor, ...parameters],
        output: [`${tensor}_int`],
      });
      node.push({
        opType: 'DequantizeLinear',
        name: `${tensor}_dq`,
        input: [`${tensor}_int`, ...parameters],
        output: [`${tensor}_float`],
      });
      return `${tensor}_float`;
    },
    /** An int8 weight behind a DequantizeLinear. */
    weight(name: string, dims: readonly number[]): string {
      const count = dims.reduce((product, dim) => product * dim, 1);
      const data = Int8Array.from({ length: count }, (_, index) => ((index * 37) % 101) - 50);
      const values = constant(`${name}_int`, DataType.INT8, dims, data);
      const zero = constant(`${name}_zero`, DataType.INT8, [], Int8Array.of(0));
      node.push({
        opType: 'DequantizeLinear',
        name: `${name}_dq`,
        input: [values, scale(name, 0.004), zero],
        output: [name],
      });
      return name;
    },
    floats(name: string, dims: readonly number[]): string {
      const count = dims.reduce((product, dim) => product * dim, 1);
      return constant(
        name,
        DataType.FLOAT,
        dims,
        Float32Array.from({ length: count }, (_, index) => Math.sin(index)),
      );
    },
    bytes: (name: string, dims: readonly number[], data: Int8Array | Uint8Array): string =>
      constant(name, data instanceof Uint8Array ? DataType.UINT8 : DataType.INT8, dims, data),
    build(inputDims: readonly number[], output: string, outputDims: readonly number[]): GraphParts {
      return {
        name: 'g',
        node,
        initializer,
        input: [tensorInfo('x', inputDims)],
        output: [tensorInfo(output, outputDims)],
      };
    },
  };
}

export function integers(name: string, values: readonly number[]) {
  return { name, type: AttributeType.INTS, ints: values.map(BigInt) };
}
