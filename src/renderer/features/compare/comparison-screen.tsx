import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { comparisonIdSchema, type ComparisonId } from '../../../shared/domain/ids.ts';
import { ButtonLink } from '../../components/button-link.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, FailureNote, Loading } from '../../components/states.tsx';
import { api } from '../../transport/connection.ts';
import { toShownFailure } from '../../transport/failure.ts';
import { ComparisonResultView } from './result/comparison-result.tsx';

const route = getRouteApi('/measure/compare/$comparisonId');

/** One comparison: its verdict, what it cost in quality, and everything they rest on. */
export function ComparisonScreen() {
  const { comparisonId } = route.useParams();
  const id = comparisonIdSchema.safeParse(comparisonId);
  return id.success ? <Stored id={id.data} /> : <Missing id={comparisonId} />;
}

function Stored({ id }: { id: ComparisonId }) {
  const { data, error, isPending, refetch } = useQuery(
    api.comparisons.get.queryOptions({ input: { comparisonId: id } }),
  );
  if (isPending) {
    return (
      <Page title="Comparison">
        <Loading what="Reading the comparison." />
      </Page>
    );
  }
  if (error !== null) {
    if (toShownFailure(error).code === 'NOT_FOUND') return <Missing id={id} />;
    return (
      <Page title="Comparison">
        <FailureNote error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  // State such as an open question belongs to one comparison.
  return <ComparisonResultView key={id} record={data} />;
}

function Missing({ id }: { id: string }) {
  return (
    <Page title="No such comparison">
      <Empty
        action={
          <ButtonLink to="/measure/compare" variant="default">
            Show all comparisons
          </ButtonLink>
        }
      >
        There is no comparison <code>{id}</code>: it was deleted, or the address is mistyped.
      </Empty>
    </Page>
  );
}
