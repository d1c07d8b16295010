import { Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useComparisonSession } from '../../transport/comparison-session.ts';
import { isComparing } from '../../transport/comparison-state.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';
import { CommandFailure } from './command-failure.tsx';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionNote } from './connection-note.tsx';
import classes from './frame.module.css';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';
import { useTheme } from './use-theme.ts';

/** What every screen stands in: the rail, the bar above, and what the connection says. */
export function Frame() {
  useTheme();
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  const comparing = useComparisonSession(({ session }) => isComparing(session));
  useEffect(() => {
    // theme.css stops all motion meanwhile.
    document.documentElement.toggleAttribute('data-measuring', measuring || comparing);
  }, [measuring, comparing]);
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <Rail />
      <div className={classes.side}>
        <TopBar />
        <ConnectionNote />
        <CommandFailure />
        <main className={classes.content} id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <CommandPalette />
    </div>
  );
}
