import type { ReactNode } from 'react';
import classes from './settings.module.css';
import type { Saving } from './use-settings.ts';

interface FieldProps {
  /** Also what an address names after "#". */
  id: string;
  title: string;
  /** What the setting changes. */
  description?: ReactNode;
  saving?: Saving;
  /** What is wrong with what was typed; it is not saved. */
  problem?: string | null;
  children: ReactNode;
}

/** One setting: its name, its control, and how saving it went. */
export function Field({ id, title, description, saving, problem = null, children }: FieldProps) {
  const wrong = problem ?? saving?.failure ?? null;
  return (
    <div aria-labelledby={`${id}-title`} className={classes.field} id={id} role="group">
      <div>
        <h3 className={classes.title} id={`${id}-title`}>
          {title}
        </h3>
        {description !== undefined && (
          <p className={classes.description} id={`${id}-description`}>
            {description}
          </p>
        )}
      </div>
      <div className={classes.control}>
        {children}
        {wrong !== null ? (
          <p className={classes.problem} id={`${id}-problem`} role="alert">
            {wrong}
          </p>
        ) : (
          <p aria-live="polite" className={classes.saved}>
            {saving?.isSaved === true && 'Saved'}
          </p>
        )}
      </div>
    </div>
  );
}
