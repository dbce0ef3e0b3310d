// Whether what is shown follows the server; says loudly when the connection is lost.
import { Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { liveState, onLiveState } from '../api/live';

export function LiveSign() {
  const state = useSyncExternalStore(onLiveState, liveState);
  const lost = state === 'reconnecting';
  const word = lost ? 'Reconnecting' : state === 'live' ? 'Live' : 'Connecting';
  return (
    <>
      <Tooltip
        label={lost ? 'The server does not answer; trying again' : 'Changes appear by themselves'}
        position="right"
      >
        <span className={`live live-${state}`} data-live={state}>
          <i aria-hidden="true" />
          {word}
        </span>
      </Tooltip>
      {lost && (
        <div className="live-lost" role="status">
          Connection to the server lost. Reconnecting… What you typed is kept.
        </div>
      )}
    </>
  );
}
