import type { ContractRouterClient } from '@orpc/contract';
import type { contract } from '../../shared/contract/index.ts';

/** The API as the screens call it. */
export type ApiClient = ContractRouterClient<typeof contract>;

/** One connection to the host. */
export interface Connection {
  client: ApiClient;
  /** Resolves when the host can no longer be reached through it. */
  closed: Promise<void>;
}

/** Why there is no connection, for people. `final`: trying again cannot help. */
export class ConnectionRefused extends Error {
  readonly remedy: string;
  readonly final: boolean;

  constructor(message: string, remedy: string, { final }: { final: boolean }) {
    super(message);
    this.name = 'ConnectionRefused';
    this.remedy = remedy;
    this.final = final;
  }
}
