//! Finding text within text, in any case, the same on both databases.

use sea_orm::sea_query::{Expr, ExprTrait as _, Func, IntoColumnRef, LikeExpr, SimpleExpr};

/// The condition that `column` contains `text`.
pub(crate) fn contains(column: impl IntoColumnRef, text: &str) -> SimpleExpr {
    like(column, format!("%{}%", escaped(text)))
}

/// The condition that `column` starts with `text`.
pub(crate) fn starts_with(column: impl IntoColumnRef, text: &str) -> SimpleExpr {
    like(column, format!("{}%", escaped(text)))
}

fn like(column: impl IntoColumnRef, pattern: String) -> SimpleExpr {
    Expr::expr(Func::lower(Expr::col(column))).like(LikeExpr::new(pattern).escape('\\'))
}

fn escaped(text: &str) -> String {
    text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
