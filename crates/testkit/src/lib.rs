//! Counterparts for tests: a database for each test, on SQLite always and on PostgreSQL when `TEST_DATABASE_URL` names
//! a server.
