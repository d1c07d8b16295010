import { Empty } from '../../components/states.tsx';

/** In place of what is drawn from samples. */
export function NoSamples() {
  return <Empty>The samples of this result are not stored; what was computed from them is.</Empty>;
}
