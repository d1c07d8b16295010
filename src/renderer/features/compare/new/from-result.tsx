import { Button, Popover } from '@mantine/core';
import { useState } from 'react';
import type { CellId } from '../../../../shared/domain/ids.ts';
import { FailureNote } from '../../../components/states.tsx';
import { client } from '../../../transport/connection.ts';
import { ResultSelect } from '../result-select.tsx';
import { changeDraft, useDraft } from './draft-store.ts';
import classes from './new.module.css';
import { takeOver } from './take-over.ts';

/** Takes a side over from a stored result. Both sides are measured again, in turn: only so can they be compared. */
export function FromResult({ sideKey, what }: { sideKey: string; what: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const choose = (cellId: CellId | null): void => {
    if (cellId === null) return;
    setFailure(null);
    client.results.get({ cellId }).then(({ cell }) => {
      changeDraft(takeOver(cell.config, sideKey, useDraft.getState()));
      setIsOpen(false);
    }, setFailure);
  };
  return (
    <Popover onChange={setIsOpen} opened={isOpen} position="bottom-end" returnFocus trapFocus width={420} withinPortal>
      <Popover.Target>
        <Button aria-label={`Take the ${what} from a result`} onClick={() => setIsOpen(!isOpen)} variant="default">
          From a result
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={`Take the ${what} from a result`}>
        <ResultSelect label="Stored result" onChange={choose} value={null} withinPortal={false} />
        <p className={classes.hint}>
          Its model, provider, threads, batch, sizes and seed are taken over. Both sides are measured anew, in turn: two
          results of different hours differ by more than their models.
        </p>
        {failure !== null && <FailureNote error={failure} />}
      </Popover.Dropdown>
    </Popover>
  );
}
