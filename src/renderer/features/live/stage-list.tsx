import { VisuallyHidden } from '@mantine/core';
import classes from './live.module.css';
import { stages } from './stages.ts';

/** All stages of a configuration, with the one that it is in. */
export function StageList({ current }: { current: number }) {
  return (
    <ol aria-label="Stages" className={classes.stages}>
      {stages.map(({ id, name }, index) => (
        <li
          aria-current={index === current ? 'step' : undefined}
          className={classes.stage}
          data-state={index < current ? 'done' : index === current ? 'current' : 'ahead'}
          key={id}
        >
          <span aria-hidden="true" className={classes.stageShape}>
            {index < current ? '✓' : index === current ? '▸' : '·'}
          </span>
          {name}
          {index < current && <VisuallyHidden>, done</VisuallyHidden>}
        </li>
      ))}
    </ol>
  );
}
