import { Page } from '../../components/page.tsx';

export function ResultsScreen() {
  return <Page title="Results">{null}</Page>;
}
