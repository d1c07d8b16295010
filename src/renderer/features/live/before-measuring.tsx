import { Panel } from '../../components/page.tsx';
import { shortName } from '../../components/describe-config.ts';
import { useFormat } from '../../components/use-format.ts';
import type { RunSession } from '../../../shared/domain/run-session.ts';
import classes from './live.module.css';
import { ShareBar } from './share-bar.tsx';

/** What happens before the first configuration: waiting for the machine, building and checking models. */
export function BeforeMeasuring({ session }: { session: RunSession }) {
  return <Panel>{session.phase === 'waiting' ? <Waiting session={session} /> : <Preparing session={session} />}</Panel>;
}

function Waiting({ session: { waitingFor } }: { session: RunSession }) {
  const format = useFormat();
  return (
    <div className={classes.now}>
      <h2 className={classes.what}>Waiting for another measurement</h2>
      <p className={classes.stageWords}>
        {waitingFor === null
          ? 'Another measurement runs on this machine. '
          : `Process ${waitingFor.pid} has been measuring on this machine since ${format.time(waitingFor.since)}. `}
        Two measurements at a time would spoil each other, so this one begins when the other has ended.
      </p>
    </div>
  );
}

function Preparing({ session: { preparing } }: { session: RunSession }) {
  if (preparing === null || preparing.share >= 1) {
    return (
      <div className={classes.now}>
        <h2 className={classes.what}>Preparing</h2>
        <p className={classes.stageWords}>Models and providers of the plan are checked before anything is measured.</p>
      </div>
    );
  }
  const name = shortName(preparing.model);
  const text = `${Math.floor(100 * preparing.share)} % of the model`;
  return (
    <div className={classes.now}>
      <h2 className={classes.what}>Preparing {name}</h2>
      <p className={classes.stageWords}>The model is built or read; this happens once for each model.</p>
      <div className={classes.preparing}>
        <ShareBar label={`Preparing ${name}`} share={preparing.share} text={text} />
        <span>{text}</span>
      </div>
    </div>
  );
}
