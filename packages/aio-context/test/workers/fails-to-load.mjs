throw Object.assign(new Error('refuses to load'), { code: 'E_LOAD' });
