import { create } from 'zustand';

/** Whether the user is being asked, wherever the screen is, to cancel the running measurement. */
export const useCancelQuestion = create<{ asking: boolean }>(() => ({ asking: false }));

/** Opens or closes the question. */
export function askToCancel(asking: boolean): void {
  useCancelQuestion.setState({ asking });
}
