import { stepDims, stepValue, type Step, type StepInput } from '../../shared/decoding/step-inputs.ts';
import type { Feeds } from '../runtime/input-file.ts';
import type { OpenSession } from '../runtime/session.ts';
import { tensorBytes, toTensor } from '../runtime/tensors.ts';
import { nowNs } from '../timing/clock.ts';
import type { DecodeTask } from '../tasks/decode-messages.ts';
import { lastScores, mostLikely, type Scores } from './scores.ts';

type Tensor = Feeds[string];
type TokenType = 'int64' | 'int32';

/** A text, or a batch of them, as far as it has come. */
export interface Text {
  /** Tokens of the next step: the prompt, then the one that was chosen last. */
  next: Tensor;
  /** Keys and values of everything before it, under the names of the inputs. */
  cache: Feeds;
  past: number;
}

/** What one step gave. `completedNs` is when the next token had been chosen; `choiceNs` is the part of it after the call. */
export interface TakenStep {
  text: Text;
  scores: Scores;
  choiceNs: number;
  cacheBytes: number;
  issuedNs: number;
  completedNs: number;
}

/** Ones and zeros as they lie in memory. */
function toBytes(type: StepInput['type'], values: readonly number[]): Uint8Array {
  const view = ((): ArrayBufferView => {
    switch (type) {
      case 'int64':
        return BigInt64Array.from(values, BigInt);
      case 'int32':
        return Int32Array.from(values);
      case 'bool':
        return Uint8Array.from(values);
      case 'float32':
        return Float32Array.from(values);
      case 'float16':
        // Half precision of the only two values that masks have.
        return Uint16Array.from(values, (value) => (value === 0 ? 0 : 0x3c00));
    }
  })();
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function toStepTensor(input: StepInput, step: Step): Tensor {
  const dims = stepDims(input, step);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const values = Array.from({ length: size }, (_, index) => stepValue(input, step, index));
  return toTensor(input.type, dims, toBytes(input.type, values));
}

/** Half precision comes out as Float16Array, which the binding does not take in again (microsoft/onnxruntime#26791). */
function toInput(output: Tensor): Tensor {
  if (output.type !== 'float16' || !ArrayBuffer.isView(output.data)) return output;
  const { buffer, byteOffset, byteLength } = output.data;
  return toTensor('float16', output.dims, new Uint8Array(buffer, byteOffset, byteLength));
}

/**
 * Generates texts step by step: what a step returns of keys and values is fed to the next one, through JavaScript. The
 * most likely token follows (greedy), whatever it is: a text ends at its length and not at a token that means the end.
 */
export function createGeneration(session: OpenSession['session'], task: DecodeTask) {
  const everything = [task.scores, ...task.cache.map(({ present }) => present)];

  function feedsOf({ next, cache, past }: Text): Feeds {
    const [batch = 1, sequence = 1] = next.dims;
    const feeds: Feeds = { [task.tokens]: next, ...cache };
    for (const input of task.others) feeds[input.name] = toStepTensor(input, { batch, past, sequence });
    return feeds;
  }

  return {
    /** A text of which nothing was read yet. */
    begin(prompt: Tensor): Text {
      const cache: Feeds = {};
      for (const { past, type, dims } of task.cache) cache[past] = toTensor(type, dims, new Uint8Array(0));
      return { next: prompt, cache, past: 0 };
    },
    async step(text: Text): Promise<TakenStep> {
      const issuedNs = nowNs();
      const outputs = await session.run(feedsOf(text), everything);
      const answeredNs = nowNs();
      const scores = lastScores(outputs[task.scores]!);
      const next = toTokens(text.next.type as TokenType, mostLikely(scores));
      const completedNs = nowNs();
      const cache: Feeds = {};
      let cacheBytes = 0;
      for (const { past, present } of task.cache) {
        const output = outputs[present]!;
        cacheBytes += tensorBytes(output);
        cache[past] = toInput(output);
      }
      return {
        text: { next, cache, past: text.past + (text.next.dims[1] ?? 0) },
        scores,
        choiceNs: completedNs - answeredNs,
        cacheBytes,
        issuedNs,
        completedNs,
      };
    },
    /** The same call without handing keys and values over, ns. */
    async timeWithoutCache(text: Text): Promise<number> {
      const startNs = nowNs();
      await session.run(feedsOf(text), [task.scores]);
      return nowNs() - startNs;
    },
    /** The same call with all that a step returns, ns. */
    async timeWithCache(text: Text): Promise<number> {
      const startNs = nowNs();
      await session.run(feedsOf(text), everything);
      return nowNs() - startNs;
    },
  };
}

/** One token for each text: [batch, 1]. */
function toTokens(type: TokenType, tokens: readonly number[]): Tensor {
  return toTensor(type, [tokens.length, 1], toBytes(type, tokens));
}

/** Tokens of two tensors [batch, n] and [batch, 1] ... one text after the other. */
export function joinTokens(type: string, parts: readonly Tensor[]): Tensor {
  const batch = parts[0]?.dims[0] ?? 0;
  const tokens: number[] = [];
  for (let text = 0; text < batch; text++) {
    for (const part of parts) {
      const length = part.dims[1] ?? 0;
      const data = part.data as ArrayLike<number | bigint>;
      for (let index = 0; index < length; index++) tokens.push(Number(data[text * length + index]));
    }
  }
  return toTensor(
    type as TokenType,
    [batch, batch === 0 ? 0 : tokens.length / batch],
    toBytes(type as TokenType, tokens),
  );
}
