import { present } from '../../shared/domain/provenance.ts';
import type { Observed } from '../../shared/domain/provenance.ts';
import type { SmiStream } from '../hardware/smi-stream.ts';

type OpenStream = (gpu: string | null) => Promise<Observed<SmiStream>>;

/** Several sensors read from one program, which is started for the first of them and ends with the last. */
export function shareStream(open: OpenStream): OpenStream {
  let opened: Promise<Observed<SmiStream>> | null = null;
  let users = 0;
  return async (gpu) => {
    opened ??= open(gpu);
    const stream = await opened;
    if (stream.status === 'absent') return stream;
    const { read, close } = stream.value;
    users += 1;
    return present({
      read,
      close() {
        users -= 1;
        if (users > 0) return;
        opened = null;
        close();
      },
    });
  };
}
