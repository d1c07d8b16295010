import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../transport/connection.ts';
import { desktop } from '../../transport/desktop.ts';

/** Makes page and window follow the theme of the settings. */
export function useTheme(): void {
  const { data } = useQuery(api.settings.get.queryOptions());
  const { setColorScheme } = useMantineColorScheme();
  const theme = data?.settings.theme;
  useEffect(() => {
    if (theme === undefined) return;
    setColorScheme(theme === 'system' ? 'auto' : theme);
    desktop?.setTheme(theme);
  }, [theme, setColorScheme]);
}
