import { bertBase } from './bert-base.ts';
import type { ReferenceModel } from './building/define-reference-model.ts';
import { decoder124m } from './decoder-124m.ts';
import { digitsCnn } from './digits-cnn.ts';
import { distilbert } from './distilbert.ts';
import { mlpTabular } from './mlp-tabular.ts';
import { mobilenetV2 } from './mobilenet-v2.ts';
import { resnet50 } from './resnet50.ts';
import { vitB16 } from './vit-b16.ts';

/** All reference models, from the quickest to measure to the slowest. */
export const referenceModels: readonly ReferenceModel[] = [
  digitsCnn,
  mlpTabular,
  mobilenetV2,
  resnet50,
  distilbert,
  bertBase,
  decoder124m,
  vitB16,
];

/** The reference model of that id, or undefined. */
export function findReferenceModel(id: string): ReferenceModel | undefined {
  return referenceModels.find((model) => model.id === id);
}
