// The roles, each including those before it.
import type { S } from '../api/client';

export type Role = S['UserAnswer']['role'];

export const ROLES: { value: Role; label: string }[] = [
  { value: 'viewer', label: 'Viewer: sees everything, changes nothing' },
  { value: 'author', label: 'Author: changes flows, stages, runs' },
  { value: 'promoter', label: 'Promoter: promotes and undoes' },
  { value: 'admin', label: 'Administrator: users, tokens, workspaces' },
];
