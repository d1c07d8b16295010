import { nowNs } from '../timing/clock.ts';
import { warmUpRotation } from '../tasks/rotation.ts';
import type { DecodeResult } from '../tasks/decode-messages.ts';
import { createGeneration, joinTokens, type TakenStep } from './generation.ts';
import { defineScenario, type Load, type ScenarioParts } from './scenario.ts';
import { compareScores, type Scores } from './scores.ts';

/** Steps of each arm of the check of copies. */
const copyPairs = 16;
/** A check that would take longer is left out. */
const longestCheckNs = 10e9;

/** Texts one after another: a prompt is read in one call, then each token takes one. Latency is that of a token. */
export const decode = defineScenario({
  id: 'decode',
  name: 'decode',
  headline: 'latency',
  loop: 'closed',
  scheduled: true,
  open: openDecode,
});

function openDecode({ task, session, feeds, channel }: ScenarioParts): Load {
  if (task.decode === undefined) throw new Error('Texts were asked for without saying how the model is fed');
  const { tokens, newTokens } = task.decode;
  const generation = createGeneration(session, task.decode);
  const prompts = feeds.map((feed) => feed[tokens]!);
  let nextPrompt = 0;
  let minBatch = Number.POSITIVE_INFINITY;
  let maxBatch = 0;
  let scoreBytes = 0;
  const last = { choiceNs: 0, steps: 0, cacheBytes: 0 };

  /** All tokens of one text; `onStep` may end it early. */
  async function generate(prompt: (typeof prompts)[number], onStep: (step: TakenStep, token: number) => boolean) {
    let text = generation.begin(prompt);
    for (let token = 0; token < newTokens; token++) {
      const step = await generation.step(text);
      text = step.text;
      const batch = step.scores.length;
      minBatch = Math.min(minBatch, batch);
      maxBatch = Math.max(maxBatch, batch);
      scoreBytes = batch * (step.scores[0]?.length ?? 0) * 4;
      last.cacheBytes = step.cacheBytes;
      if (token > 0) {
        last.choiceNs += step.choiceNs;
        last.steps++;
      }
      if (!onStep(step, token)) break;
    }
  }

  function takePrompt() {
    const prompt = prompts[nextPrompt]!;
    nextPrompt = (nextPrompt + 1) % prompts.length;
    return prompt;
  }

  async function issue() {
    const issuedNs = nowNs();
    let completedNs = issuedNs;
    await generate(takePrompt(), (step) => {
      ({ completedNs } = step);
      return !channel.isCancelled();
    });
    return { issuedNs, completedNs };
  }

  return {
    first: () => generation.step(generation.begin(prompts[0]!)),
    issue,
    recordsPerQuery: newTokens,
    async warmUp() {
      // The unit is a text: its tokens take longer the later they come, so that windows of them would never agree.
      const rule = { ...task.warmUp, minRuns: Math.ceil(task.warmUp.minRuns / newTokens) };
      const warm = await warmUpRotation(rule, channel, { issue }, { windowRuns: 1 });
      return { ...warm, runs: warm.runs * newTokens, medianNs: warm.medianNs / newTokens };
    },
    async run({ record }) {
      last.choiceNs = 0;
      last.steps = 0;
      const asked = { more: true };
      while (asked.more) {
        const startNs = nowNs();
        await generate(takePrompt(), ({ issuedNs, completedNs }, token) => {
          // A text that was begun is finished, unless nobody wants the rest.
          asked.more = record(startNs, token === 0 ? startNs : issuedNs, completedNs);
          return !channel.isCancelled();
        });
      }
      return {};
    },
    executedBatch: () => ({ min: minBatch, max: maxBatch }),
    outputBytes: () => scoreBytes + last.cacheBytes,
    async check(expectedNs) {
      const { steps, choiceNs, cacheBytes } = last;
      const costs = { choiceNs: steps === 0 ? 0 : choiceNs / steps, cacheBytes };
      const copyRatios = expectedNs * copyPairs * 2 < longestCheckNs ? await timeCopies() : null;
      // Twice the text: once step by step, once in one pass that costs about as much as its prompt did.
      const cacheCheck = expectedNs * newTokens * 2 < longestCheckNs ? await compareWithOnePass() : null;
      return { cachingRatio: null, decode: { ...costs, copyRatios, cacheCheck } };
    },
  };

  /** A step in the middle of a text with and without handing the cache over, in an order that turns, so that drift hits both. */
  async function timeCopies(): Promise<number[]> {
    let text = generation.begin(prompts[0]!);
    for (let token = 0; token <= newTokens / 2; token++) ({ text } = await generation.step(text));
    const ratios: number[] = [];
    for (let pair = 0; pair < copyPairs; pair++) {
      const before = pair % 2 === 0 ? await generation.timeWithCache(text) : null;
      const withoutNs = await generation.timeWithoutCache(text);
      ratios.push(withoutNs / (before ?? (await generation.timeWithCache(text))));
    }
    return ratios;
  }

  /** Whether the cache carries what it should: positions and masks that are fed wrongly show here. */
  async function compareWithOnePass(): Promise<DecodeResult['cacheCheck']> {
    const prompt = prompts[0]!;
    const parts = [prompt];
    let scores: Scores = [];
    await generate(prompt, (step, token) => {
      ({ scores } = step);
      if (token < newTokens - 1) parts.push(step.text.next);
      return true;
    });
    const whole = await generation.step(generation.begin(joinTokens(prompt.type, parts)));
    return compareScores(whole.scores, scores);
  }
}
