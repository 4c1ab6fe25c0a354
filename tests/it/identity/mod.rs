mod access;
mod account;
mod api_key;
mod audit;
mod session;
mod token;
mod totp;
