import { spotlight } from '@mantine/spotlight';
import { Link, useLocation, useParams } from '@tanstack/react-router';
import { places } from '../places.ts';
import { ComparingPill } from './comparing-pill.tsx';
import classes from './frame.module.css';
import { RunningPill } from './running-pill.tsx';

const isMac = navigator.userAgent.includes('Mac');

export function TopBar() {
  return (
    <header className={classes.bar}>
      <Trail />
      <button className={classes.search} onClick={spotlight.open} type="button">
        Search or run a command <kbd>{isMac ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <RunningPill />
      <ComparingPill />
    </header>
  );
}

/** Screens below another one that open nothing of a name. */
const pages: Readonly<Record<string, string>> = {
  '/measure/compare/new': 'New comparison',
  '/measure/compare/running': 'Running',
  '/measure/compare/stored': 'Two stored results',
};

/** Where this screen is: place, screen, and the thing that is open. */
function Trail() {
  const { pathname } = useLocation();
  const { name, cellId, comparisonId } = useParams({ strict: false });
  const opened = name ?? cellId ?? comparisonId ?? pages[pathname];
  const place = places.find(({ to, screens }) =>
    screens === undefined ? pathname === to : screens.some((screen) => pathname.startsWith(screen.to)),
  );
  const screen = place?.screens?.find(({ to }) => pathname.startsWith(to));
  return (
    <nav aria-label="Breadcrumb" className={classes.trail}>
      {place?.label}
      {screen !== undefined && (
        <>
          {' / '}
          {opened === undefined ? screen.label : <Link to={screen.to}>{screen.label}</Link>}
        </>
      )}
      {opened !== undefined && ` / ${opened}`}
    </nav>
  );
}
