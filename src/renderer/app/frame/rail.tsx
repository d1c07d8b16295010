import { Link } from '@tanstack/react-router';
import { places } from '../places.ts';
import classes from './frame.module.css';

export function Rail() {
  return (
    <nav aria-label="Places" className={classes.rail}>
      <Link className={classes.name} to="/">
        Inferometer
      </Link>
      <ul className={classes.list}>
        {places.map(({ label, to, screens }) => (
          <li key={label}>
            {screens === undefined ? (
              <Link activeOptions={{ exact: to === '/', includeSearch: false }} className={classes.link} to={to}>
                {label}
              </Link>
            ) : (
              <>
                <span className={classes.group}>{label}</span>
                <ul aria-label={label} className={classes.list}>
                  {screens.map((screen) => (
                    <li key={screen.to}>
                      <Link activeOptions={{ includeSearch: false }} className={classes.link} to={screen.to}>
                        {screen.label}
                      </Link>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
}
