import { ChartFigure } from '../../components/chart/chart-figure.tsx';
import { liveTrace } from '../../../shared/charts/live-trace.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import classes from './live.module.css';

const heightPx = 220;
/** Of the question and the buttons above the picture. */
const headPx = 27;

/** Latency of the measured part as it passes by; the host keeps it, so a page that is reloaded shows all of it. */
export function LatencyTrace({ trace }: { trace: RunSession['trace'] }) {
  if (trace.elapsedNs.length === 0) {
    return (
      <div className={classes.noTrace} style={{ minHeight: headPx + heightPx }}>
        <h2>How has latency gone so far?</h2>
        <p>The trace begins with the measured part; warm-up is not in it.</p>
      </div>
    );
  }
  return <ChartFigure draw={(style) => liveTrace(trace, style)} fileName="live-latency" heightPx={heightPx} isLive />;
}
