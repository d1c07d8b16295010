import { Page } from '../../components/page.tsx';

export function ModelScreen() {
  return <Page title="Model">{null}</Page>;
}
