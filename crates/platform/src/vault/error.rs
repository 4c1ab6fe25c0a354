use crate::{Fault, FaultKind, fault::BUSY};
use sea_orm::DbErr;
use uuid::Uuid;

/// Why a secret can't be sealed or opened, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error(
        "the master key is missing: there is no file {file}, but the data keys in the database are wrapped by master key \
         {wanted}; put the file back from its backup, or set BELLWETHER_MASTER_KEY; if the key is lost for good, so is all \
         that was sealed: empty the table data_key to begin anew"
    )]
    MissingMasterKey { file: String, wanted: String },
    #[error(
        "the master key does not fit the database: {place} holds {found}, but the data keys are wrapped by {wanted}; put \
         that key back from its backup, or point DATABASE_URL at the database of this key"
    )]
    WrongMasterKey { place: String, found: String, wanted: String },
    #[error(
        "the master key's file {file} cannot be used: {reason}; mend it, or point BELLWETHER_MASTER_KEY_FILE elsewhere"
    )]
    MasterKeyFile { file: String, reason: String },
    #[error(
        "a sealed value or a data key was changed, or stands where it does not belong; restore the table from its backup"
    )]
    Tampered,
    #[error(
        "data key {0} is not in the database; restore the table data_key from the backup of the other tables"
    )]
    UnknownDataKey(Uuid),
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for VaultError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::MissingMasterKey { .. } | Self::WrongMasterKey { .. } | Self::MasterKeyFile { .. } => {
                FaultKind::Unavailable
            }
            Self::Tampered | Self::UnknownDataKey(_) => FaultKind::Internal,
            Self::Db(error) => error.kind(),
        }
    }

    // Where the key should be is not for clients.
    fn unavailable(&self) -> &'static str {
        match self {
            Self::Db(_) => BUSY,
            _ => {
                "the server cannot read its secrets: its master key is missing or another one; its operator finds what to \
                 do with `bellwether doctor`"
            }
        }
    }
}
