//! Everything that is kept about someone.

use super::Error;
use crate::{archive, identity, personal::Section};
use platform::database::DatabaseConnection;
use uuid::Uuid;

/// The sections of all features: whichever keeps something about accounts adds its own here.
pub async fn sections(db: &DatabaseConnection, account: Uuid) -> Result<Vec<Section<'_>>, Error> {
    let mut sections = identity::personal::sections(db, account).await?;
    sections.extend(archive::personal::sections(db, account));
    Ok(sections)
}
