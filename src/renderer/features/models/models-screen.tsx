import { Page } from '../../components/page.tsx';

export function ModelsScreen() {
  return <Page title="Models">{null}</Page>;
}
