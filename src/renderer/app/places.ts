/** A screen that the rail leads to. */
export interface Place {
  label: string;
  to:
    | '/'
    | '/measure/models'
    | '/measure/new'
    | '/measure/live'
    | '/measure/results'
    | '/measure/matrix'
    | '/measure/profile'
    | '/measure/compare'
    | '/machines'
    | '/settings';
}

/** The rail, in order; a group has its screens below it. */
export const places: readonly (Place & { screens?: readonly Place[] })[] = [
  { label: 'Overview', to: '/' },
  {
    label: 'Measure',
    to: '/measure/models',
    screens: [
      { label: 'Models', to: '/measure/models' },
      { label: 'New run', to: '/measure/new' },
      { label: 'Live', to: '/measure/live' },
      { label: 'Results', to: '/measure/results' },
      { label: 'Matrix', to: '/measure/matrix' },
      { label: 'Profile', to: '/measure/profile' },
      { label: 'Compare', to: '/measure/compare' },
    ],
  },
  { label: 'Machines', to: '/machines' },
  { label: 'Settings', to: '/settings' },
];
