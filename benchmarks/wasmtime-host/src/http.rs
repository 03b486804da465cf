//! The types of `fermyon:spin/inbound-http`.

use wasmtime::component::{ComponentType, Lift, Lower};

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
#[allow(dead_code, reason = "the type has all of them")]
pub enum Method {
    #[component(name = "get")]
    Get,
    #[component(name = "post")]
    Post,
    #[component(name = "put")]
    Put,
    #[component(name = "delete")]
    Delete,
    #[component(name = "patch")]
    Patch,
    #[component(name = "head")]
    Head,
    #[component(name = "options")]
    Options,
}

#[derive(Clone, ComponentType, Lower)]
#[component(record)]
pub struct Request {
    pub method: Method,
    pub uri: String,
    pub headers: Vec<(String, String)>,
    pub params: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub struct Response {
    pub status: u16,
    #[allow(dead_code, reason = "the type has them")]
    pub headers: Option<Vec<(String, String)>>,
    pub body: Option<Vec<u8>>,
}
