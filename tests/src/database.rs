//! A database per test.

use platform::config::{DatabaseConfig, SecretUrl};
use sea_orm::{ConnectionTrait as _, Database};
use tempfile::TempDir;
use uuid::Uuid;

const VARIABLE: &str = "BELLWETHER_TEST_DATABASE_URL";

/// Whether the tests run on PostgreSQL.
pub fn on_postgres() -> bool {
    std::env::var(VARIABLE).is_ok()
}

/// Lives as long as its test.
pub enum TestDatabase {
    Sqlite(TempDir),
    Postgres { server: String, name: String },
}

impl TestDatabase {
    pub async fn create() -> Self {
        let Ok(server) = std::env::var(VARIABLE) else { return Self::Sqlite(TempDir::new().unwrap()) };
        let name = format!("bellwether_test_{}", Uuid::now_v7().simple());
        let admin = Database::connect(&server).await.unwrap();
        // A language's order of letters, as many servers have it: nothing may depend on the server's.
        let create =
            format!("CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
        admin.execute_unprepared(&create).await.unwrap();
        Self::Postgres { server, name }
    }

    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}/test.db", folder.path().display()),
            Self::Postgres { server, name } => {
                let (base, _) = server.rsplit_once('/').expect("the URL names a database");
                format!("{base}/{name}")
            }
        }
    }

    pub fn config(&self) -> DatabaseConfig {
        let url: SecretUrl = self.url().parse().unwrap();
        DatabaseConfig { url, max_connections: 8 }
    }

    pub async fn remove(self) {
        if let Self::Postgres { server, name } = self {
            let admin = Database::connect(&server).await.unwrap();
            admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
        }
    }
}
