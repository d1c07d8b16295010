import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import {
  parseComparisonsSearch,
  parseNewComparisonSearch,
  parseStoredRatioSearch,
} from '../features/compare/search.ts';
import { parseMatrixSearch } from '../features/matrix/search.ts';
import { parseModelsSearch } from '../features/models/search.ts';
import { parseNewRunSearch } from '../features/new-run/search.ts';
import { parseComparedProfilesSearch, parseProfilesSearch } from '../features/profile/search.ts';
import { parseResultSearch, parseResultsSearch } from '../features/results/search.ts';
import { parseAddress, stringifyAddress } from './address.ts';
import { Frame } from './frame/frame.tsx';
import { RouteFailure, RouteMissing } from './frame/route-failure.tsx';

const root = createRootRoute({ component: Frame, errorComponent: RouteFailure, notFoundComponent: RouteMissing });

/** The route table: a line per screen, each loaded when it is first opened. */
const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('../features/overview/overview-screen.tsx'), 'OverviewScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure',
    beforeLoad: () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router is told to go elsewhere
      throw redirect({ to: '/measure/models' });
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/models',
    validateSearch: parseModelsSearch,
    component: lazyRouteComponent(() => import('../features/models/models-screen.tsx'), 'ModelsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/models/$name',
    component: lazyRouteComponent(() => import('../features/models/model-screen.tsx'), 'ModelScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/models/$name/quantize',
    component: lazyRouteComponent(() => import('../features/models/quantize/quantize-screen.tsx'), 'QuantizeScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/new',
    validateSearch: parseNewRunSearch,
    component: lazyRouteComponent(() => import('../features/new-run/new-run-screen.tsx'), 'NewRunScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/live',
    component: lazyRouteComponent(() => import('../features/live/live-screen.tsx'), 'LiveScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/results',
    validateSearch: parseResultsSearch,
    component: lazyRouteComponent(() => import('../features/results/results-screen.tsx'), 'ResultsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/results/$cellId',
    validateSearch: parseResultSearch,
    component: lazyRouteComponent(() => import('../features/results/result-screen.tsx'), 'ResultScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/matrix',
    validateSearch: parseMatrixSearch,
    component: lazyRouteComponent(() => import('../features/matrix/matrix-screen.tsx'), 'MatrixScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/profile',
    validateSearch: parseProfilesSearch,
    component: lazyRouteComponent(() => import('../features/profile/profiles-screen.tsx'), 'ProfilesScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/profile/compare',
    validateSearch: parseComparedProfilesSearch,
    component: lazyRouteComponent(
      () => import('../features/profile/compare-profiles-screen.tsx'),
      'CompareProfilesScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/profile/$profileId',
    component: lazyRouteComponent(() => import('../features/profile/profile-screen.tsx'), 'ProfileScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/compare',
    validateSearch: parseNewComparisonSearch,
    beforeLoad: ({ search }) => {
      const isNew = Object.keys(search).length > 0;
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router is told to go elsewhere
      throw isNew ? redirect({ to: '/measure/compare/new', search }) : redirect({ to: '/measure/compare' });
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/compare',
    validateSearch: parseComparisonsSearch,
    component: lazyRouteComponent(() => import('../features/compare/comparisons-screen.tsx'), 'ComparisonsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/compare/new',
    validateSearch: parseNewComparisonSearch,
    component: lazyRouteComponent(
      () => import('../features/compare/new/new-comparison-screen.tsx'),
      'NewComparisonScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/compare/running',
    component: lazyRouteComponent(() => import('../features/compare/running/comparing-screen.tsx'), 'ComparingScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/compare/stored',
    validateSearch: parseStoredRatioSearch,
    component: lazyRouteComponent(
      () => import('../features/compare/stored/stored-ratio-screen.tsx'),
      'StoredRatioScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/measure/compare/$comparisonId',
    component: lazyRouteComponent(() => import('../features/compare/comparison-screen.tsx'), 'ComparisonScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/machines',
    component: lazyRouteComponent(() => import('../features/machines/machines-screen.tsx'), 'MachinesScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    component: lazyRouteComponent(() => import('../features/settings/settings-screen.tsx'), 'SettingsScreen'),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([...routes]),
  defaultPreload: 'intent',
  // Below the frame, so that it stays.
  defaultErrorComponent: RouteFailure,
  parseSearch: parseAddress,
  stringifySearch: stringifyAddress,
  // What a screen does not know leaves the address before the screen sees it.
  search: { strict: true },
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
