import { Button } from '@mantine/core';
import { saveText } from '../../components/chart/save-text.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import classes from './live.module.css';
import { toUnsavedFile } from './unsaved-file.ts';

interface UnsavedResultsProps {
  session: RunSession;
  isSaved: boolean;
  onSaved: () => void;
}

/** Results that exist in the host's memory alone. Said before anything else on the screen. */
export function UnsavedResults({ session, isSaved, onSaved }: UnsavedResultsProps) {
  const { unsaved } = session;
  const { name, text } = toUnsavedFile(session);
  const save = () => {
    saveText(name, 'application/json', text);
    onSaved();
  };
  const what = unsaved.length === 1 ? '1 result is not stored' : `${unsaved.length} results are not stored`;
  return (
    <section aria-label={what} className={classes.unsaved}>
      <h2>
        <span aria-hidden="true">▲ </span>
        {what}
      </h2>
      <p role="alert">
        {unsaved.length === 1 ? 'It is' : 'They are'} lost when the next measurement begins or Inferometer ends. A file
        keeps the statistics, without single samples.
      </p>
      <div className={classes.buttons}>
        <Button onClick={save}>{isSaved ? 'Save again' : 'Save as a file'}</Button>
        {isSaved && (
          <span role="status">
            Handed to the browser as <code>{name}</code>.
          </span>
        )}
      </div>
    </section>
  );
}
