import { Page } from '../../components/page.tsx';

export function LiveScreen() {
  return <Page title="Live">{null}</Page>;
}
