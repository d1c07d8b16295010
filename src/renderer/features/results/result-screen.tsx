import { Page } from '../../components/page.tsx';

export function ResultScreen() {
  return <Page title="Result">{null}</Page>;
}
