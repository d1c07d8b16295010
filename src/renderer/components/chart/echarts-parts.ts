import { BarChart, CustomChart, LineChart, ScatterChart, TreemapChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';

/** What the builders of src/shared/charts need of ECharts, and nothing else: their tests draw with these parts alone. */
export const echartsParts = [
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  TreemapChart,
  AriaComponent,
  GridComponent,
  TooltipComponent,
];
