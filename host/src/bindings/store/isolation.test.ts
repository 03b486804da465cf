import { isolationSuite } from './isolation.suite.ts';
import { openSqliteStore } from './sqlite.ts';

isolationSuite('SQLite', () => openSqliteStore(':memory:', 'normal'), 400);
