import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { KindMark } from '../../components/kind-mark.tsx';
import { Page } from '../../components/page.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { DoctorPanel } from './doctor-panel.tsx';
import classes from './machines.module.css';
import { MachineReportView } from './machine-report.tsx';
import { MethodPanel } from './method-panel.tsx';
import { PeaksPanel } from './peaks-panel.tsx';
import { ProvidersPanel } from './providers-panel.tsx';
import { SensorsPanel } from './sensors-panel.tsx';
import { runDoctor } from './use-doctor.ts';

export function MachinesScreen() {
  const format = useFormat();
  const { hash } = useLocation();
  const { data, error, refetch } = useQuery(api.machine.detect.queryOptions());
  useEffect(() => {
    if (hash === 'doctor') void runDoctor();
  }, [hash]);
  const isKnown = data !== undefined;
  useEffect(() => {
    // What the address names may have come after the page itself.
    if (isKnown && hash !== '') document.getElementById(hash)?.scrollIntoView();
  }, [hash, isKnown]);
  return (
    <Page
      lead={
        data !== undefined && (
          <span className={classes.detected}>
            This machine <KindMark kind="measured" />
            <time dateTime={data.report.detectedAt}>{format.time(data.report.detectedAt)}</time>
          </span>
        )
      }
      title="Machines"
    >
      <div className={classes.sections}>
        <DoctorPanel />
        <MethodPanel />
        <ProvidersPanel />
        <SensorsPanel />
        <PeaksPanel />
        {error !== null && <FailureNote error={error} onRetry={() => void refetch()} />}
        {error === null && data === undefined && <Loading what="Looking at the machine." />}
        {data !== undefined && <MachineReportView report={data.report} />}
      </div>
    </Page>
  );
}
