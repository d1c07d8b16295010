import { Page } from '../../components/page.tsx';

export function NewRunScreen() {
  return <Page title="New run">{null}</Page>;
}
