import { describe, expect, it } from 'vitest';
import { recogniseDecoder } from '../../../src/core/measure/decode/recognise-decoder.ts';
import { InferometerError } from '../../../src/shared/errors.ts';
import type { Dimension, ElementType, TensorInfo } from '../../../src/shared/domain/model.ts';

function tensor(name: string, type: ElementType, ...dims: Dimension[]): TensorInfo {
  return { name, type, dims };
}

const ids = tensor('input_ids', 'int64', 'batch', 'sequence');
const logits = tensor('logits', 'float32', 'batch', 'sequence', 97);
const past = (part: string, type: ElementType = 'float32') =>
  tensor(`past_key_values.0.${part}`, type, 'batch', 4, 'past_sequence_length', 8);
const present = (part: string) => tensor(`present.0.${part}`, 'float32', 'batch', 4, 'total', 8);
const cacheIn = [past('key'), past('value')];
const cacheOut = [present('key'), present('value')];

/** Code and message of the refusal. */
function refusal(inputs: TensorInfo[], outputs: TensorInfo[], batch = 1): string {
  try {
    recogniseDecoder({ inputs, outputs }, {}, batch);
  } catch (error) {
    return error instanceof InferometerError ? `${error.code}: ${error.message}` : String(error);
  }
  return 'not refused';
}

describe('recognising a model with a cache', () => {
  it('pairs what a step returns with what the next one takes', () => {
    const others = [
      tensor('attention_mask', 'int64', 'batch', 'total'),
      tensor('position_ids', 'int64', 'batch', 'sequence'),
      tensor('num_logits_to_keep', 'int64'),
    ];
    const decoder = recogniseDecoder({ inputs: [ids, ...others, ...cacheIn], outputs: [logits, ...cacheOut] }, {}, 3);
    expect(decoder.task).toEqual({
      tokens: 'input_ids',
      scores: 'logits',
      cache: [
        { past: 'past_key_values.0.key', present: 'present.0.key', type: 'float32', dims: [3, 4, 0, 8] },
        { past: 'past_key_values.0.value', present: 'present.0.value', type: 'float32', dims: [3, 4, 0, 8] },
      ],
      others: [
        { name: 'attention_mask', type: 'int64', role: 'mask', rank: 2 },
        { name: 'position_ids', type: 'int64', role: 'positions', rank: 2 },
        { name: 'num_logits_to_keep', type: 'int64', role: 'scores-kept', rank: 0 },
      ],
    });
    expect(decoder.vocabulary).toBe(97);
  });

  it('knows caches of keys and values in one tensor', () => {
    const inputs = [ids, tensor('past_0', 'float32', 2, 'batch', 4, 'past', 8)];
    const outputs = [logits, tensor('present_0', 'float32', 2, 'batch', 4, 'total', 8)];
    expect(recogniseDecoder({ inputs, outputs }, {}, 2).task.cache[0]?.dims).toEqual([2, 2, 4, 0, 8]);
  });

  it('takes sizes that the file leaves open from the plan, but not the length of the cache', () => {
    const inputs = [ids, tensor('past.0', 'float32', 'batch', 'heads', 'past', 8)];
    const outputs = [logits, tensor('present.0', 'float32', 'batch', 'heads', 'total', 8)];
    const { cache } = recogniseDecoder({ inputs, outputs }, { heads: 4, past: 128 }, 1).task;
    expect(cache[0]?.dims).toEqual([1, 4, 0, 8]);
    expect(refusal(inputs, outputs)).toMatch(/^DIMENSION_NEEDED: /);
  });

  it('refuses by name what it does not know', () => {
    const unknown = tensor('encoder_hidden_states', 'float32', 'batch', 'length', 64);
    expect(refusal([ids, ...cacheIn, unknown], [logits, ...cacheOut])).toMatch(
      /^MODEL_NOT_DECODABLE: .*"encoder_hidden_states"/,
    );
    const mask4d = tensor('attention_mask', 'float32', 'batch', 1, 'sequence', 'total');
    expect(refusal([ids, ...cacheIn, mask4d], [logits, ...cacheOut])).toMatch(/^MODEL_NOT_DECODABLE: /);
    expect(refusal([ids, past('key', 'int8')], [logits])).toMatch(/^MODEL_NOT_DECODABLE: /);
  });

  it('refuses a model without a cache, with half of one, and with one that cannot grow', () => {
    expect(refusal([ids], [logits])).toMatch(/^MODEL_NOT_DECODABLE: .*no input is named like a cache/);
    expect(refusal([ids, ...cacheIn], [logits, present('key')])).toMatch(
      /^MODEL_NOT_DECODABLE: .*"past_key_values.0.value"/,
    );
    expect(refusal([ids, past('key')], [logits, ...cacheOut])).toMatch(/^MODEL_NOT_DECODABLE: .*"present.0.value"/);
    const fixed = tensor('past_key_values.0.key', 'float32', 1, 4, 128, 8);
    expect(refusal([ids, fixed], [logits, present('key')])).toMatch(/^MODEL_NOT_DECODABLE: .*fixed length of 128/);
    const oneToken = tensor('input_ids', 'int64', 'batch', 1);
    expect(refusal([oneToken, ...cacheIn], [logits, ...cacheOut])).toMatch(/^MODEL_NOT_DECODABLE: .*1 token at a time/);
  });

  it('refuses another batch than the cache fixes', () => {
    const fixed = tensor('past_key_values.0.key', 'float32', 1, 4, 'past', 8);
    expect(refusal([ids, fixed], [logits, present('key')], 2)).toMatch(/^DIMENSION_MISMATCH: /);
  });
});
