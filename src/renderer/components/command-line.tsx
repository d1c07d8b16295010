import { Button, CopyButton } from '@mantine/core';
import { Fragment } from 'react';
import classes from './command-line.module.css';

/** A command to run in a terminal, with a button that copies it. */
export function CommandLine({ command, label }: { command: string; label: string }) {
  return (
    <div className={classes.line}>
      <code aria-label={label} className={classes.command}>
        {command.split(' ').map((word, index) => (
          // Words have no identity but their place.
          // eslint-disable-next-line @eslint-react/no-array-index-key
          <Fragment key={index}>
            {index > 0 && ' '}
            <span className={classes.word}>{word}</span>
          </Fragment>
        ))}
      </code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Button onClick={copy} size="compact-sm" variant="default">
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
