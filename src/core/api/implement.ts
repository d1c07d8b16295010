import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import { toStatus } from '../../shared/contract/operation.ts';
import { InferometerError, type Failure } from '../../shared/errors.ts';
import type { ApiContext } from './context.ts';

/** Turns expected failures into errors of the contract; anything else stays what it is and leaves as a bare 500. */
function toContractError(error: unknown): unknown {
  if (error instanceof InferometerError) return fromFailure(error.toFailure(), error);
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    return fromFailure(describeBadInput(error.data), error);
  }
  return error;
}

function fromFailure({ code, message, remedy, data }: Failure, cause: unknown): ORPCError<string, unknown> {
  return new ORPCError(code, { status: toStatus(code), message, data: { remedy, data }, cause });
}

/** Names the first field that does not parse, and hands on all of them. */
function describeBadInput(data: unknown): Failure {
  const issues = isWithIssues(data) ? data.issues.map(toIssue) : [];
  const [first] = issues;
  return {
    code: 'USAGE',
    message:
      first === undefined
        ? 'The request does not follow the contract.'
        : `The request does not follow the contract: ${first.path === '' ? '' : `${first.path}: `}${first.message}.`,
    remedy: 'Correct the named field; if the page has just been updated, reload it.',
    data: { issues },
  };
}

interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
}

function isWithIssues(data: unknown): data is { issues: Issue[] } {
  return typeof data === 'object' && data !== null && 'issues' in data && Array.isArray(data.issues);
}

function toIssue({ message, path = [] }: Issue): { path: string; message: string } {
  const segments = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  return { path: segments.join('.'), message };
}

function isStream(output: unknown): output is AsyncIterator<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output && 'next' in output;
}

/** The same stream with its errors translated. No generator: `return()` must reach the source while `next()` waits. */
function translateStream(source: AsyncIterator<unknown>): AsyncIterableIterator<unknown> {
  const translate = (error: unknown): never => {
    throw toContractError(error);
  };
  return {
    next: () => source.next().catch(translate),
    return: async (value: unknown) => (await source.return?.(value)) ?? { done: true, value },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** The contract with its context, to be implemented a domain at a time. */
export const api = implement(contract)
  .$context<ApiContext>()
  .use(async ({ next }) => {
    try {
      const result = await next();
      return isStream(result.output) ? { ...result, output: translateStream(result.output) } : result;
    } catch (error) {
      throw toContractError(error);
    }
  });
