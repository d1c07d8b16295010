import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A measurement on this machine is none of a test file's business, nor is that of another test file.
process.env.INFEROMETER_LOCK = join(tmpdir(), `inferometer-tests-${process.pid}.lock`);
