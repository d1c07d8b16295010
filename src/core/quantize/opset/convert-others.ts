import type { NodeProto } from '../../onnx/gen/onnx_pb.js';
import { takeAttribute, type Conversion, type ConversionScope } from './conversion-scope.ts';

/** BatchNormalization 9 always normalizes whole channels, as it did unless told otherwise. */
export const dropSpatial: Conversion = {
  apply(node, scope) {
    if (takeAttribute(node, 'spatial')?.i === 0n) scope.refuse('it normalizes each element by itself (spatial 0)');
  },
};

/** Scan 9 has no batch dimension and no lengths of sequences. */
export const refuseScan: Conversion = {
  apply(_, scope) {
    scope.refuse('it has a batch dimension of its own before operator set 9');
  },
};

export const refuseMeanVariance: Conversion = {
  apply(_, scope) {
    scope.refuse('it is experimental before operator set 9');
  },
};

/** Dropout 10 gives its mask another type, and says no more what that holds when nothing is dropped. */
export const dropMask: Conversion = { apply: leaveMask };

/** Dropout 12 drops only where an input says so, and then asks for the share; as a model is run, neither is needed. */
export const dropDropoutRatio: Conversion = {
  apply(node, scope) {
    takeAttribute(node, 'ratio');
    leaveMask(node, scope);
  },
};

function leaveMask(node: NodeProto, scope: ConversionScope): void {
  const [output = '', mask = ''] = node.output;
  if (mask !== '' && scope.isRead(mask)) scope.refuse('its mask is used');
  node.output = [output];
}

/** Scatter has another name from version 11 on. */
export const renameScatter: Conversion = {
  becomes: 'ScatterElements',
  apply(node) {
    node.opType = 'ScatterElements';
  },
};
