import type { Task, TaskResult } from '../protocol.ts';
import { describeValues, openSession } from '../runtime/session.ts';
import { payloadToTensor, tensorToPayload } from '../runtime/tensors.ts';

type EvaluateTask = Extract<Task, { kind: 'evaluate' }>;
type DescribeTask = Extract<Task, { kind: 'describe' }>;

/** Runs a model once on given tensors. Untimed: for shapes, calibration, expected outputs and labels. */
export async function evaluate(task: EvaluateTask): Promise<TaskResult> {
  await using open = await openSession(task.session);
  const feeds = Object.fromEntries(
    Object.entries(task.feeds).map(([name, payload]) => [name, payloadToTensor(payload)]),
  );
  const outputs = task.fetches === null ? await open.session.run(feeds) : await open.session.run(feeds, task.fetches);
  return {
    kind: 'evaluate',
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [name, tensorToPayload(tensor, task.withData)]),
    ),
  };
}

/** What the session says of its inputs and outputs, symbolic dimensions included. */
export async function describe(task: DescribeTask): Promise<TaskResult> {
  await using open = await openSession(task.session);
  return {
    kind: 'describe',
    inputs: describeValues(open.session.inputMetadata),
    outputs: describeValues(open.session.outputMetadata),
  };
}
