import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type AnchorProps = ButtonProps & Omit<ComponentPropsWithRef<'a'>, keyof ButtonProps>;

/** Without `component`, Mantine draws a button, which has no address to open elsewhere. */
function AnchorButton(props: AnchorProps) {
  return <Button component="a" {...props} />;
}

/** A link to another screen that looks like a button. */
export const ButtonLink = createLink(AnchorButton);
