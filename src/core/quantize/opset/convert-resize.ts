import { DataType } from '../../onnx/element-types.ts';
import { stringAttribute } from '../../onnx/walk.ts';
import { textAttributeOf } from '../graph/attributes.ts';
import { takeAttribute, type Conversion } from './conversion-scope.ts';

/**
 * Upsample 7 and 9, and Resize 10, to Resize 11, which has more ways to find the place of a value: the former one is
 * "asymmetric", and takes the nearest value below where it enlarges and above where it shrinks (ONNX Runtime,
 * core/providers/cpu/tensor/upsamplebase.h, ResizeNearestMode SIMPLE).
 */
export const bringScales: Conversion = {
  becomes: 'Resize',
  apply(node, scope) {
    const isUpsample = node.opType === 'Upsample';
    const stated = takeAttribute(node, 'scales');
    const scales = stated?.floats ?? scope.constantOf(node.input[1] ?? '');
    const [input = '', given = ''] = node.input;
    const name = `${node.output[0]}_scales`;
    const scalesInput =
      stated === null ? given : scope.floats(name, DataType.FLOAT, [stated.floats.length], stated.floats);
    if (scalesInput === '') scope.refuse('it has no scales');
    const mode = stringAttribute(node, 'mode') ?? 'nearest';
    node.attribute.push(textAttributeOf('coordinate_transformation_mode', 'asymmetric'));
    if (mode === 'nearest') {
      const enlarges = isUpsample || scales?.every((scale) => scale >= 1) === true;
      const shrinks = scales?.every((scale) => scale <= 1) === true;
      if (!enlarges && !shrinks) {
        scope.refuse(scales === null ? 'its scales are computed' : 'it enlarges one dimension and shrinks another');
      }
      node.attribute.push(textAttributeOf('nearest_mode', enlarges ? 'floor' : 'ceil'));
    }
    node.opType = 'Resize';
    // The region of interest, which only one mode uses, may be left out from version 13 on.
    node.input = [input, scope.floats(`${node.output[0]}_roi`, DataType.FLOAT, [0], []), scalesInput];
  },
};

/** Resize 13 no longer has one of the ways to find the place of a value. */
export const dropForeignResize: Conversion = {
  apply(node, scope) {
    const mode = stringAttribute(node, 'coordinate_transformation_mode');
    if (mode === 'tf_half_pixel_for_nn') scope.refuse(`the operator no longer has the mode ${mode}`);
  },
};
