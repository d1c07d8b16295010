import { Page } from '../../components/page.tsx';

export function MachinesScreen() {
  return <Page title="Machines">{null}</Page>;
}
